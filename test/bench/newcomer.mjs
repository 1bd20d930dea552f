import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { freePort } from '#libs/store';

const root = path.resolve(import.meta.dirname, '../..');
/** Nobody waits longer for a step; in milliseconds. */
const STEP_MAX_MS = 180_000;
const END_MAX_MS = 30_000;

/**
 * The way of a newcomer, with nothing prepared but `npm ci` and the build: an empty data folder, `npm start`, the owner, the
 * first channel, a question, and the bot's answer. A machine types: what a person reads and thinks comes on top.
 *
 * @returns {Promise<string>} a table of seconds, for a page of documentation
 */
export async function measureNewcomer() {
  const executablePath = findChromium();
  if (!executablePath) return 'There is no chromium on this machine: the way of a newcomer is left out.';
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-newcomer-'));
  chmodSync(folder, 0o755); // PostgreSQL runs as another account when we are root
  const steps = [];
  const started = performance.now();
  let before = started;
  const step = (name) => {
    const now = performance.now();
    steps.push([name, now - before]);
    before = now;
  };
  const house = await start(folder);
  let browser;
  try {
    const link = await house.says(/Set up the console: (\S+)/);
    step('`npm start` until it shows the link');
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    const page = await browser.newPage();
    page.setDefaultTimeout(STEP_MAX_MS);
    await page.goto(link);
    await makeOwner(page);
    step('the owner and the name of the workspace');
    await chooseChannel(page);
    step('the first channel, until its chat is there');
    await ask(page, 'Hello, is anybody there?');
    step('the first question, until the bot has answered');
    return table([...steps, ['**together**', performance.now() - started]]);
  } finally {
    await browser?.close();
    await house.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeOwner(page) {
  const fields = {
    organization: 'Corner shop',
    name: 'Ada',
    username: 'ada@shop.example',
    'new-password': 'correct horse battery staple',
  };
  for (const [name, value] of Object.entries(fields)) {
    await page.locator(`input[autocomplete="${name}"]`).fill(value);
  }
  await page.locator('form button[type=submit]').click();
  await page.waitForURL(/\/welcome/);
}

/** A fresh start may bring a channel of its own: then there is nothing to choose. */
async function chooseChannel(page) {
  const chat = page.locator('[role=log]');
  const form = page.locator('main form button[type=submit]:not([aria-label])');
  await chat.or(form).first().waitFor();
  if ((await chat.count()) === 0) await form.first().click();
  await chat.waitFor();
}

async function ask(page, text) {
  const said = page.locator('[role=log] > *:not([role=status])');
  await said.first().waitFor();
  const field = page.locator('form:has(button[aria-label]) input');
  await field.fill(text);
  await field.press('Enter');
  const question = page.locator('[role=log]').getByText(text).last();
  await question.waitFor();
  // Whatever stands behind the question is the answer.
  await page.waitForFunction((words) => {
    const all = [...document.querySelectorAll('[role=log] > *:not([role=status])')];
    const at = all.findLastIndex((each) => each.textContent?.includes(words));
    return at >= 0 && all.slice(at + 1).some((each) => (each.textContent ?? '').trim() !== '');
  }, text);
}

/** `npm start` in a group of its own, so that all of it can be ended. */
async function start(folder) {
  const port = await freePort();
  const env = { ...process.env, PARLEY_DATA_DIR: folder, PARLEY_PORT: String(port) };
  const child = spawn('npm', ['start'], {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const heard = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      output += bytes;
      for (const hear of heard) hear();
    });
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  const says = (words) =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`It did not say ${words}:\n${output}`));
      const timer = setTimeout(fail, STEP_MAX_MS);
      const look = () => {
        const found = words.exec(output);
        if (!found) return;
        clearTimeout(timer);
        heard.delete(look);
        resolve(found[1]);
      };
      heard.add(look);
      look();
      void ended.then(fail);
    });
  const stop = async () => {
    const kill = (signal) => {
      try {
        process.kill(-(child.pid ?? Number.NaN), signal);
      } catch {
        // The whole group is gone.
      }
    };
    kill('SIGTERM');
    const timer = setTimeout(() => kill('SIGKILL'), END_MAX_MS);
    await ended;
    clearTimeout(timer);
  };
  return { says, stop };
}

function table(steps) {
  const rows = steps.map(([name, ms]) => `| ${name} | ${(ms / 1_000).toFixed(1)} |`);
  return ['| a newcomer | seconds |', '| --- | ---: |', ...rows].join('\n');
}

/** As test/support/programs.ts looks for it. */
function findChromium() {
  if (process.env['CHROMIUM']) return process.env['CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isProgram);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
