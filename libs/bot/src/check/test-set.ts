import type { AnswerChange, BotDefinition, TestConversation, TestReport } from '#libs/model';
import { playConversation, type PlayMeans } from './play.js';
import { testRules } from './test-rules.js';

/** Examples at rules are said at the instant at which test conversations begin, when they do not say another one. */
const examplesAtMs = Date.parse('2027-01-04T10:00:00Z');

/**
 * Runs a test set with one version of a bot: its conversations, and the examples that stand at its rules.
 *
 * Conversations are played one after the other, and between two of them the process gets to its other work.
 *
 * @param version  how the report calls the definition
 * @throws TurnFailure  when `means.signal` aborts, or a responder throws
 */
export async function runTestSet(
  definition: BotDefinition,
  version: TestReport['version'],
  conversations: readonly TestConversation[],
  means: PlayMeans = {},
): Promise<TestReport> {
  const played: TestReport['conversations'] = [];
  for (const conversation of conversations) {
    const { title, passed, steps } = await playConversation(definition, conversation, means);
    const told = steps.map(({ replies, answeredBy, problems, trace }) => ({
      replies: [...replies],
      answered_by: answeredBy,
      problems: [...problems],
      trace: [...trace],
    }));
    played.push({ title, passed, steps: told });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const examples = await testRules(definition, examplesAtMs);
  const rules = examples.map(({ rule, index, passed, answeredBy }) => ({
    rule,
    index,
    passed,
    answered_by: answeredBy,
  }));
  return { version, ...countsOf(played, rules), conversations: played, rules };
}

function countsOf(
  conversations: TestReport['conversations'],
  rules: TestReport['rules'],
): Pick<TestReport, 'passed' | 'failed' | 'score'> {
  const whole = [...conversations, ...rules];
  const pieces = [
    ...conversations.flatMap(({ steps }) => steps.map(({ problems }) => problems.length === 0)),
    ...rules.map(({ passed }) => passed),
  ];
  const passed = whole.filter((one) => one.passed).length;
  const good = pieces.filter(Boolean).length;
  const score = pieces.length === 0 ? 1 : Math.round((good / pieces.length) * 10_000) / 10_000;
  return { passed, failed: whole.length - passed, score };
}

/**
 * The turns that two versions answer differently, or of which one is as expected and the other is not; both reports are
 * of the same test set.
 */
export function answerChanges(before: TestReport, after: TestReport): AnswerChange[] {
  const earlier = new Map(before.conversations.map((one) => [one.title, one]));
  return after.conversations.flatMap(({ title, steps }) =>
    steps.flatMap((step, index): AnswerChange[] => {
      const old = earlier.get(title)?.steps[index];
      if (!old) return [];
      const passed = { before: old.problems.length === 0, after: step.problems.length === 0 };
      const isSame =
        JSON.stringify(old.replies) === JSON.stringify(step.replies) && passed.before === passed.after;
      if (isSame) return [];
      const change = {
        title,
        step: index,
        before: old.replies,
        after: step.replies,
        answered_by: { before: old.answered_by, after: step.answered_by },
        passed,
      };
      return [{ ...change, text: changeText(change) }];
    }),
  );
}

function changeText({
  title,
  step,
  before,
  after,
  answered_by: by,
  passed,
}: Omit<AnswerChange, 'text'>): string {
  const verdict =
    passed.before === passed.after ? '' : passed.after ? ' (now as expected)' : ' (no longer as expected)';
  return [
    `“${title}”, step ${step + 1}${verdict}:`,
    `- ${by.before ?? 'nobody'}: ${before.join(' | ') || 'nothing'}`,
    `+ ${by.after ?? 'nobody'}: ${after.join(' | ') || 'nothing'}`,
  ].join('\n');
}

/** What failed, one line for each turn and example, for a person. */
export function failuresOf({ conversations, rules }: TestReport): string[] {
  return [
    ...conversations.flatMap(({ title, steps }) =>
      steps.flatMap(({ problems }, index) =>
        problems.map((problem) => `“${title}”, step ${index + 1}: ${problem}`),
      ),
    ),
    ...rules
      .filter(({ passed }) => !passed)
      .map(
        ({ rule, index, answered_by: by }) =>
          `Rule “${rule}”, example ${index + 1}: is answered by ${by === null ? 'no rule' : `rule “${by}”`}`,
      ),
  ];
}
