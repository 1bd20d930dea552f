import { describe, expect, it } from 'vitest';
import { botOf, messageOf, textOf, turnOf } from '../../../../test/support/turns.js';
import { Guardrails, type Content, type Turn } from '#libs/model';
import { BotCore } from '../core.js';
import { answer, pass, type Responder } from '../responder.js';
import { guard } from './guard.js';
import { redaction } from './redaction.js';

const sayer = (contents: Content[]): Responder => ({
  name: 'sayer',
  respond: async () => answer('Always', [contents]),
});
const run = (guardrails: object, says: string, reply: Content[] = [textOf('Hello')]) =>
  new BotCore([guard, sayer(reply)]).answer(
    turnOf({ says: [says], definition: botOf({ guardrails: Guardrails.parse(guardrails) }) }),
  );

describe('the guard before', () => {
  it.each([
    'I want to talk to a human',
    'let me speek to a person!',
    'agent',
    'Ich möchte mit einem Menschen sprechen',
    'quiero hablar con una persona',
    'je veux parler à quelqu’un',
    'vorrei parlare con un operatore',
    'quero falar com um atendente',
    'ik wil met een medewerker praten',
    'أريد التحدث مع موظف من فضلك',
    'ممكن أتكلم مع شخص حقيقي؟',
    'موظف',
  ])('hands over when somebody asks for a person: %s', async (says) => {
    const result = await run({ escalate: {} }, says);
    expect(result.effects).toEqual([
      { kind: 'hand-over', to: 'queue', reason: 'Escalated: asked for a person' },
    ]);
    expect(result.replies).toEqual([[textOf('I am passing you on to a person.')]]);
  });

  it.each([
    'is this a human readable format?',
    'the agent fees',
    'hello',
    'for one person',
    'طاولة لشخص واحد',
  ])('lets through: %s', async (says) =>
    expect((await run({ escalate: { upset: true } }, says)).effects).toEqual([]),
  );

  it('hands over by words and by anger, in its own words and to its department', async () => {
    const escalate = { words: ['lawyer'], upset: true, reply: [textOf('One moment')], department: 'legal' };
    expect(await run({ escalate }, 'my lawyer says')).toMatchObject({
      effects: [{ reason: 'Escalated: a word that escalates', department: 'legal' }],
      replies: [[textOf('One moment')]],
    });
    expect((await run({ escalate }, 'THIS IS TERRIBLE, USELESS')).effects).toHaveLength(1);
    expect((await run({ escalate }, 'not bad at all, thanks')).effects).toHaveLength(0);
  });

  it('keeps away from a topic', async () => {
    const blocked = [{ id: 'medical', words: ['diagnosis'], reply: [textOf('Please ask a doctor')] }];
    const result = await run({ blocked }, 'what is my diagnosis?');
    expect(result.replies).toEqual([[textOf('Please ask a doctor')]]);
    expect(result.trace.find(({ responder }) => responder === 'guard')?.detail).toMatchObject({
      topic: 'medical',
    });
  });
});

describe('the guard after', () => {
  it.each<[string, object, Content[]]>([
    ['too long', { characters_max: 50 }, [textOf('x'.repeat(51))]],
    ['a forbidden phrase', { forbidden: ['guaranteed refund'] }, [textOf('A **Guaranteed** refund!')]],
    ['a link elsewhere', { hosts: ['shop.example'] }, [textOf('see https://shop.example.evil.example/x')]],
    ['a link elsewhere', { hosts: ['shop.example'] }, [textOf('![](https://evil.example/?q=1)')]],
    ['a link elsewhere', { hosts: ['shop.example'] }, [textOf('www.evil.example')]],
    ['a link elsewhere', { hosts: ['shop.example'] }, [{ type: 'image', url: 'https://evil.example/a.png' }]],
  ])('refuses a reply that is or holds: %s', async (problem, output, reply) => {
    const result = await run({ output }, 'hi', reply);
    expect(result.replies).toEqual([]);
    expect(result.trace.findLast(({ responder }) => responder === 'guard')?.detail['problem']).toBe(problem);
  });

  it('lets links through that are on the list, and below', async () => {
    const reply = [textOf('see https://help.shop.example/a and https://shop.example')];
    expect((await run({ output: { hosts: ['shop.example'] } }, 'hi', reply)).replies).toEqual([reply]);
  });

  it('refuses another language than the one that was written', async () => {
    const output = { same_language: true };
    const asked = 'Wo ist denn meine Bestellung geblieben?';
    expect((await run({ output }, asked, [textOf('Your order has been sent yesterday')])).replies).toEqual(
      [],
    );
    expect(
      (await run({ output }, asked, [textOf('Die Bestellung wurde gestern verschickt')])).replies,
    ).toHaveLength(1);
    expect((await run({ output }, '1042', [textOf('Your order has been sent')])).replies).toHaveLength(1);
  });

  it('takes private numbers out', async () => {
    const result = await run({ output: {} }, 'hi', [textOf('Card 4111 1111 1111 1111, call +49 30 123456')]);
    expect(result.replies).toEqual([[textOf('Card [card], call +49 30 123456')]]);
  });
});

describe('the redaction', () => {
  it('hides private pieces in messages and history from everyone behind it, and from nobody before', async () => {
    const seen: string[] = [];
    const spy = (name: string): Responder => ({
      name,
      respond: async (turn, draft) => {
        const history = await turn.history(5);
        seen.push(
          JSON.stringify([draft.heard.map(({ text }) => text), history.map(({ content }) => content)]),
        );
        return pass('Looked');
      },
    });
    const turn: Turn = {
      ...turnOf({ says: ['I am ann@example.org'] }),
      history: async () => [messageOf('in', [textOf('card 4111111111111111')])],
    };
    const { trace } = await new BotCore([spy('before'), redaction, spy('behind')]).answer(turn);
    expect(seen[0]).toContain('ann@example.org');
    expect(seen[1]).toBe('[["I am [email]"],[[{"type":"text","text":"card [card]"}]]]');
    expect(trace.find(({ responder }) => responder === 'redaction')?.detail).toEqual({ email: 1 });
  });
});
