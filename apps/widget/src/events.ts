/** One event of a stream. */
export interface StreamEvent {
  id: string | undefined;
  type: string;
  data: Record<string, unknown>;
}

/**
 * Takes the text of an event stream apart, however it was cut on its way. The library of the console does more, and weighs a
 * tenth of the app: the streams of Parley hold JSON, and end their lines with a line feed.
 *
 * @returns takes the next piece of text
 * @see WHATWG HTML, 9.2.6 Interpreting an event stream (read 2026-11-21)
 */
export function eventReader(onEvent: (event: StreamEvent) => void): (text: string) => void {
  let rest = '';
  let fields: Record<string, string> = {};
  return (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, name = '', value = ''] = /^(\w+): ?(.*)/.exec(line) ?? [];
      if (line !== '')
        fields[name] = name === 'data' && fields['data'] ? `${fields['data']}\n${value}` : value;
      else {
        const { id, event = '', data } = fields;
        fields = {};
        if (data) onEvent({ id, type: event, data: JSON.parse(data) as Record<string, unknown> });
      }
    }
  };
}
