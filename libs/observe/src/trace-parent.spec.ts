import { describe, expect, it } from 'vitest';
import { traceIdFrom } from './trace-parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';

describe('the trace of a caller', () => {
  it('is known by a valid traceparent, of later versions too', () => {
    expect(traceIdFrom(`00-${TRACE}-${PARENT}-01`)).toBe(TRACE);
    expect(traceIdFrom(`cc-${TRACE}-${PARENT}-00-what-comes-later`)).toBe(TRACE);
  });

  it('is nobody’s when the header is missing, sent twice, or not valid', () => {
    const zeros = (text: string): string => text.replaceAll(/./g, '0');
    for (const header of [
      undefined,
      '',
      [`00-${TRACE}-${PARENT}-01`, `00-${TRACE}-${PARENT}-01`],
      `00-${TRACE}-${PARENT}`,
      `00-${TRACE}-${PARENT}-01-more`,
      `ff-${TRACE}-${PARENT}-01`,
      `00-${TRACE.toUpperCase()}-${PARENT}-01`,
      `00-${zeros(TRACE)}-${PARENT}-01`,
      `00-${TRACE}-${zeros(PARENT)}-01`,
      `cc-${TRACE}-${PARENT}-00-${'x'.repeat(300)}`,
    ]) {
      expect(traceIdFrom(header), String(header)).toBeUndefined();
    }
  });
});
