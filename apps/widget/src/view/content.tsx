import { type Card, type ChoicesContent, type Content, csatOption, type Option } from '#libs/model';
import type { JSX } from 'preact';
import type { Ui } from '../ui.js';
import { Icon } from './icons.js';
import { lazy } from './lazy.js';
import { Link } from './link.js';
import { Markdown } from './markdown.js';
import { Media } from './media.js';

const Form = lazy(async () => (await import('./asking.js')).Form);
const Csat = lazy(async () => (await import('./csat.js')).Csat);

/** Where a piece of content stands. */
export interface Place {
  ui: Ui;
  /** The message that offers the options. */
  messageId: string;
  /** Whether the visitor has spoken since. */
  isAnswered: boolean;
  /** Whether a form has been filled in since. */
  isFilledIn: boolean;
}

/** What of a piece of content stands in the bubble; null when nothing does. */
export function Inside({ content, place }: { content: Content; place: Place }): JSX.Element | null {
  switch (content.type) {
    case 'text':
    case 'choices':
    case 'list':
      return <Markdown text={content.text} />;
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return <Media content={content} ui={place.ui} />;
    case 'location': {
      const { latitude, longitude, name, address } = content;
      const words = [name, address].filter(Boolean).join(', ');
      return (
        <Link
          class="file"
          url={`https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`}
        >
          <Icon of="pin" />
          <span>
            {words === '' ? `${latitude}, ${longitude}` : words}
            <small>{place.ui.texts.value.map}</small>
          </span>
        </Link>
      );
    }
    case 'contact':
      return (
        <>
          <p class="heading">{content.name}</p>
          {content.organization === undefined ? null : <p>{content.organization}</p>}
          {content.phones.map((phone) => (
            <p>
              <Link url={`tel:${phone}`}>{phone}</Link>
            </p>
          ))}
          {content.emails.map((email) => (
            <p>
              <Link url={`mailto:${email}`}>{email}</Link>
            </p>
          ))}
        </>
      );
    case 'template':
      return <Markdown text={content.fallback_text ?? content.name} />;
    case 'choice_taken':
      return <p>{content.label}</p>;
    case 'form_taken':
      return (
        <>
          {Object.values(content.fields).map((line) => (
            <p>{line}</p>
          ))}
        </>
      );
    case 'card':
    case 'carousel':
    case 'form':
      return null;
  }
}

/** What of a piece of content stands below the bubble, to be pressed; null when nothing does. */
export function Below({ content, place }: { content: Content; place: Place }): JSX.Element | null {
  switch (content.type) {
    case 'choices':
      if (isCsat(content)) return <Csat content={content} place={place} />;
      if (content.style === 'quick_replies' && place.isAnswered) return null;
      return <Options options={content.options} place={place} />;
    case 'list':
      return (
        <div class="list">
          {content.sections.map(({ title, options }) => (
            <>
              {title === undefined ? null : <p class="section">{title}</p>}
              <Options options={options} place={place} />
            </>
          ))}
        </div>
      );
    case 'card':
      return <CardView card={content} place={place} />;
    case 'carousel':
      return (
        <div class="cards" tabIndex={0}>
          {content.cards.map((card) => (
            <CardView card={card} place={place} />
          ))}
        </div>
      );
    case 'form':
      return <Form content={content} place={place} />;
    default:
      return null;
  }
}

/** Whether some options ask how it was. */
const isCsat = ({ options }: ChoicesContent): boolean =>
  options.length > 0 && options.every(({ id }) => id.startsWith(csatOption.prefix));

function Options({ options, place }: { options: readonly Option[]; place: Place }): JSX.Element | null {
  if (options.length === 0) return null;
  return (
    <div class="options">
      {options.map((option) => (
        <OptionView key={option.id} option={option} place={place} />
      ))}
    </div>
  );
}

function OptionView({ option, place }: { option: Option; place: Place }): JSX.Element {
  const { id, label, description, url } = option;
  const words = (
    <>
      <span dir="auto">{label}</span>
      {description === undefined ? null : <small dir="auto">{description}</small>}
    </>
  );
  if (url !== undefined) {
    return (
      <Link class="option" url={url}>
        {words}
      </Link>
    );
  }
  const take = (): void => {
    const question_message_id = place.messageId;
    place.ui.chat.say([{ type: 'choice_taken', option_id: id, label, question_message_id }]);
    place.ui.focus();
  };
  return (
    <button type="button" class="option" onClick={take}>
      {words}
    </button>
  );
}

function CardView({ card, place }: { card: Card; place: Place }): JSX.Element {
  const { title, text, image_url, options } = card;
  const hide = ({ currentTarget }: { currentTarget: HTMLElement }): void =>
    void (currentTarget.hidden = true);
  return (
    <article class="card" dir="auto">
      {image_url?.startsWith('http') ? <img src={image_url} alt="" loading="lazy" onError={hide} /> : null}
      <p class="heading">{title}</p>
      {text === undefined ? null : <p>{text}</p>}
      <Options options={options} place={place} />
    </article>
  );
}
