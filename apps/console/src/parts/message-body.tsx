import type { Content } from '#libs/model';
import { Markdown } from './markdown.js';
import classes from './message-body.module.css';

/** What a message says, in short: texts as they read, everything else by its name. Loads nothing from anywhere. */
export function MessageBody({ parts }: { parts: readonly Content[] }) {
  return (
    <div className={classes['body']} dir="auto">
      {parts.map((part, at) => (
        <Part key={at} part={part} />
      ))}
    </div>
  );
}

function Part({ part }: { part: Content }) {
  switch (part.type) {
    case 'text':
    case 'choices':
    case 'list':
      return <Markdown text={part.text} />;
    case 'choice_taken':
      return <p>{part.label}</p>;
    case 'card':
    case 'form':
      return (
        <p>
          <strong>{part.title}</strong> {part.text}
        </p>
      );
    case 'carousel':
      return <p>{part.cards.map(({ title }) => title).join(' · ')}</p>;
    case 'image':
    case 'audio':
    case 'video':
    case 'file':
      return <p>{part.file_name ?? part.caption ?? part.type}</p>;
    case 'form_taken':
      return (
        <p>
          {Object.entries(part.fields)
            .map(([name, value]) => `${name}: ${value}`)
            .join(' · ')}
        </p>
      );
    case 'template':
      return <p>{part.fallback_text ?? part.name}</p>;
    case 'location':
    case 'contact':
      return <p>{part.name ?? part.type}</p>;
  }
}
