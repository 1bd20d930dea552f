import { chromium } from 'playwright-core';

/** Nobody waits longer for anything; in milliseconds. */
const PATIENCE_MS = 180_000;

/** What somebody types who sees Parley for the first time. */
const newcomer = {
  workspace: 'Corner shop',
  name: 'Ada Newcomer',
  email: 'ada@shop.example',
  password: 'correct horse battery staple',
};
const QUESTION = 'When are you open?';

/**
 * The way of a newcomer in a real browser, from the link that the start printed to the first answer of a bot: the owner, the
 * name of the workspace, the first channel, a question. A machine types: what a person reads and thinks comes on top.
 *
 * @param {{ link: string, executablePath: string }} from  the printed link, and a Chromium
 * @returns {Promise<{ steps: [name: string, ms: number][], answer: string, workspace: string, complaints: string[] }>} how
 *   long each step took, what the bot answered, how the console calls the workspace, and what the browser complained of
 */
export async function walkAsNewcomer({ link, executablePath }) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const complaints = complaintsOf(page);
    const steps = [];
    const step = async (name, work) => {
      const began = performance.now();
      const result = await work();
      steps.push([name, performance.now() - began]);
      return result;
    };
    await step('the link, until the form is there', () => open(page, link));
    await step('the owner and the name of the workspace', () => makeOwner(page));
    await step('the first channel, until its bot greets', () => chooseChannel(page));
    const answer = await step('the first question, until the bot has answered', () => ask(page, QUESTION));
    await page.getByRole('link', { name: 'Go to the console' }).click();
    const place = page.getByText(newcomer.workspace, { exact: true }).first();
    await place.waitFor();
    return { steps, answer, workspace: await place.innerText(), complaints };
  } finally {
    await browser.close();
  }
}

async function open(page, link) {
  await page.goto(link);
  await page.getByRole('textbox', { name: 'Name of your workspace' }).waitFor();
}

async function makeOwner(page) {
  await page.getByRole('textbox', { name: 'Name of your workspace' }).fill(newcomer.workspace);
  await page.getByRole('textbox', { name: 'Your name' }).fill(newcomer.name);
  await page.getByRole('textbox', { name: 'E-mail' }).fill(newcomer.email);
  await page.locator('input[autocomplete="new-password"]').fill(newcomer.password);
  await page.getByRole('button', { name: 'Create the owner' }).click();
  await stepsOf(page).waitFor();
}

/** A first start brings a web chat with a bot along: then there is nothing to choose. */
async function chooseChannel(page) {
  const log = page.getByRole('log');
  const start = page.getByRole('button', { name: 'Start with a web chat' });
  await log.or(start).first().waitFor();
  if (await start.isVisible()) await start.click();
  await said(page).first().waitFor();
}

async function ask(page, text) {
  const before = await said(page).count();
  await page.getByRole('textbox', { name: 'Write a message' }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByRole('log').getByText(text, { exact: true }).waitFor();
  const answer = said(page).nth(before);
  await answer.waitFor();
  return answer.innerText();
}

/** The steps stand only on the second screen; the address changes earlier, while the first is still shown. */
const stepsOf = (page) => page.getByRole('button', { name: 'Try it' });

/** What the bot has said. */
const said = (page) => page.getByRole('log').locator('[data-direction=out]');

function complaintsOf(page) {
  const complaints = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  return complaints;
}
