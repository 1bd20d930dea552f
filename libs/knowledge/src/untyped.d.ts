// Libraries that come without types: only what is used here.

declare module 'papaparse' {
  interface Parsed {
    data: string[][];
    errors: { code: string; row?: number }[];
    meta: { delimiter: string };
  }
  const papaparse: {
    parse(
      text: string,
      options: { skipEmptyLines: 'greedy'; preview?: number; delimitersToGuess?: string[] },
    ): Parsed;
  };
  export default papaparse;
}

declare module 'turndown' {
  export default class TurndownService {
    constructor(options: {
      headingStyle: 'atx';
      bulletListMarker: '-';
      codeBlockStyle: 'fenced';
      hr: string;
    });
    remove(names: string[]): this;
    addRule(
      name: string,
      rule: {
        filter: string[];
        replacement: (content: string, node: { textContent: string | null }) => string;
      },
    ): this;
    turndown(node: unknown): string;
  }
}
