/**
 * Words that come from the server or from a connector, in English whatever the console speaks.
 *
 * Marked as such, they are read out in English and keep their full stop where the line runs from the right.
 */
export function Said({ children }: { children: string }) {
  return (
    <bdi lang="en" dir="ltr">
      {children}
    </bdi>
  );
}
