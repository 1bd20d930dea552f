import { Anchor } from '@mantine/core';

const LINK = /(https:\/\/[^\s)]+)/;
const LONG = 60;

/** Text of ours in which web addresses can be clicked; long ones are shown by their host. */
export function LinkedText({ text }: { text: string }) {
  return text.split(LINK).map((piece, at) =>
    at % 2 === 1 ? (
      <Anchor key={`${at}-${piece}`} href={piece} target="_blank" underline="always" rel="noreferrer">
        {piece.length > LONG ? new URL(piece).host : piece}
      </Anchor>
    ) : (
      piece
    ),
  );
}
