import {
  IconApi,
  IconBrandSlack,
  IconBrandWhatsapp,
  IconDeviceMobileMessage,
  IconMail,
  IconPlug,
  IconWorld,
  type Icon,
} from '@tabler/icons-react';

/** Pictures by a word of the connector's name: one without gets a plug. */
const icons: readonly (readonly [RegExp, Icon])[] = [
  [/slack/, IconBrandSlack],
  [/whatsapp/, IconBrandWhatsapp],
  [/sms|smpp|kannel/, IconDeviceMobileMessage],
  [/mail/, IconMail],
  [/^web$/, IconWorld],
  [/webhook|api/, IconApi],
];

/** The picture of a kind of channel. */
export function ConnectorIcon({ connector, size = 22 }: { connector: string; size?: number }) {
  const Found = icons.find(([name]) => name.test(connector))?.[1] ?? IconPlug;
  return <Found size={size} stroke={1.6} aria-hidden />;
}
