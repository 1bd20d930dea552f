/** Names under which Slack keeps reactions that matter to most conversations. */
const known: Readonly<Record<string, string>> = {
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  thumbsdown: '👎',
  heart: '❤️',
  tada: '🎉',
  eyes: '👀',
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  pray: '🙏',
  raised_hands: '🙌',
  clap: '👏',
  fire: '🔥',
  rocket: '🚀',
  joy: '😂',
  smile: '😄',
  slightly_smiling_face: '🙂',
  disappointed: '😞',
  cry: '😢',
  rage: '😡',
  thinking_face: '🤔',
  wave: '👋',
  '100': '💯',
};

/** A reaction by its name in Slack: the emoji for common ones, else `:name:`. Skin tones are left out. */
export function emojiOf(name: string): string {
  const base = name.replace(/::skin-tone-\d$/, '');
  return Object.hasOwn(known, base) ? known[base]! : `:${base}:`;
}
