/** The words of `en/queues.ts` in German. */
export const queues = {
  title: 'Warteschlangen',
  text: 'Klingeln, die die Arbeiter wecken: was sie halten, alle fünf Sekunden.',
  board: 'Bull Board öffnen',
  rings: 'Arbeit beginnt sofort.',
  silent: 'Die Warteschlange antwortet nicht: alles wird trotzdem getan, bis zu zwei Sekunden später.',
  notYours:
    'Die Warteschlangen gehören der ganzen Installation. Ihr erster Arbeitsbereich sagt, wer sie sehen darf.',
  queue: 'Warteschlange',
  state: { waiting: 'Wartend', active: 'In Arbeit', delayed: 'Später', failed: 'Gescheitert' },
  inbound: 'Eingang',
  outbound: 'Ausgang',
  bells:
    'Nichts lebt nur in einer Warteschlange: Aufgegebenes steht unter Unzustellbares, und wer eine leert, verliert keine Nachricht.',
};
