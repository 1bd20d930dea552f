import { missingPrograms } from './programs.js';
import type { Reporter, TestModule } from 'vitest/node';

/** Prints the closing line that CI reads: `N passed, N failed, N skipped`. */
export default class CiReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const counts = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      const failedBefore = counts.failed;
      for (const test of module.children.allTests()) counts[test.result().state]++;
      // A hook or an import failed without any test to carry it.
      if (!module.ok() && counts.failed === failedBefore) counts.failed++;
    }
    if (missingPrograms.length > 0) {
      console.log(
        `\nSkipped what needs ${missingPrograms.join(', ')}: this machine does not have it. On Debian: apt-get install ${missingPrograms.join(' ')}`,
      );
    }
    process.on('exit', () =>
      console.log(
        `\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped + counts.pending} skipped`,
      ),
    );
  }
}
