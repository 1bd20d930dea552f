import { Anchor } from '@mantine/core';
import {
  IconFile,
  IconMapPin,
  IconPhotoOff,
  IconUser,
  IconExternalLink,
  type Icon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Content } from '#libs/model';
import { useFormats } from '../i18n/format.js';
import { Markdown } from '../parts/markdown.js';
import classes from './inbox.module.css';
import { ownAddressOf } from './names.js';

type Of<Type extends Content['type']> = Extract<Content, { type: Type }>;

/** What a message is made of, as an operator reads it: everything is text or comes from this house. */
export function Contents({ parts }: { parts: readonly Content[] }) {
  return parts.map((part, at) => <Piece key={at} part={part} />);
}

function Piece({ part }: { part: Content }) {
  switch (part.type) {
    case 'text':
      return <Markdown text={part.text} />;
    case 'image':
      return <Picture part={part} />;
    case 'audio':
    case 'video':
    case 'file':
      return <Media part={part} />;
    case 'choices':
      return (
        <>
          <Markdown text={part.text} />
          <Options labels={part.options.map(({ label }) => label)} />
        </>
      );
    case 'list':
      return (
        <>
          <Markdown text={part.text} />
          {part.sections.map(({ title, options }, at) => (
            <div key={at}>
              {title !== undefined && <strong>{title}</strong>}
              <Options labels={options.map(({ label }) => label)} />
            </div>
          ))}
        </>
      );
    case 'card':
      return <Card card={part} />;
    case 'carousel':
      return (
        <div className={classes['cards']}>
          {part.cards.map((card, at) => (
            <Card key={at} card={card} />
          ))}
        </div>
      );
    case 'location':
      return <Place part={part} />;
    case 'contact':
      return (
        <Line icon={IconUser}>
          <strong>{part.name}</strong>{' '}
          {[part.organization, ...part.phones, ...part.emails].filter(Boolean).join(' · ')}
        </Line>
      );
    case 'form':
      return (
        <div className={classes['card']}>
          <strong>{part.title}</strong>
          {part.text !== undefined && <Markdown text={part.text} />}
          <Options labels={part.fields.map(({ label }) => label)} />
        </div>
      );
    case 'template':
      return part.fallback_text === undefined ? (
        <code>{part.name}</code>
      ) : (
        <Markdown text={part.fallback_text} />
      );
    case 'choice_taken':
      return <Options labels={[part.label]} isTaken />;
    case 'form_taken':
      return (
        <dl className={classes['facts']}>
          {Object.entries(part.fields).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      );
  }
}

function Options({ labels, isTaken = false }: { labels: readonly string[]; isTaken?: boolean }) {
  return (
    <ul className={classes['options']} data-taken={isTaken || undefined}>
      {labels.map((label, at) => (
        <li key={at}>{label}</li>
      ))}
    </ul>
  );
}

function Card({ card }: { card: Pick<Of<'card'>, 'title' | 'text' | 'image_url' | 'options'> }) {
  const image = card.image_url === undefined ? null : ownAddressOf(card.image_url);
  return (
    <div className={classes['card']}>
      {image !== null && <img src={image} alt="" loading="lazy" />}
      <strong>{card.title}</strong>
      {card.text !== undefined && <Markdown text={card.text} />}
      <Options labels={card.options.map(({ label }) => label)} />
    </div>
  );
}

function Picture({ part }: { part: Of<'image'> }) {
  const { t } = useTranslation('inbox');
  const own = ownAddressOf(part.url);
  const alt = part.alt ?? part.caption ?? part.file_name ?? t('kind.image');
  if (part.status === 'pending' || part.status === 'failed') return <Media part={part} />;
  return (
    <figure className={classes['figure']}>
      {own === null ? (
        <Line icon={IconPhotoOff}>
          {t('thread.elsewhere')} <Outside url={part.url} />
        </Line>
      ) : (
        <a href={own} target="_blank" rel="noreferrer noopener">
          <img src={own} alt={alt} loading="lazy" />
        </a>
      )}
      {part.caption !== undefined && <figcaption>{part.caption}</figcaption>}
    </figure>
  );
}

function Media({ part }: { part: Of<'image' | 'audio' | 'video' | 'file'> }) {
  const { t } = useTranslation('inbox');
  const { bytes } = useFormats();
  const own = ownAddressOf(part.url);
  const name = part.file_name ?? t(`kind.${part.type}`);
  const size = part.size_bytes === undefined ? '' : ` · ${bytes(part.size_bytes)}`;
  const isThere = own !== null && part.status !== 'pending' && part.status !== 'failed';
  return (
    <figure className={classes['figure']}>
      {isThere && part.type === 'audio' && <audio controls preload="none" src={own} aria-label={name} />}
      {/* What people send has no captions. */}
      {isThere && part.type === 'video' && <video controls preload="none" src={own} aria-label={name} />}
      <Line icon={IconFile}>
        {isThere ? (
          <Anchor
            href={own}
            target="_blank"
            rel="noreferrer noopener"
            inherit
            aria-label={t('thread.openFile', { name })}
          >
            <bdi>{name}</bdi>
          </Anchor>
        ) : (
          <bdi>{name}</bdi>
        )}
        {size}
        {part.status === 'pending' && ` · ${t('thread.fileWaits')}`}
        {part.status === 'failed' && ` · ${part.reason ?? t('thread.fileFailed')}`}
        {own === null && part.status === undefined && <Outside url={part.url} />}
      </Line>
      {part.caption !== undefined && <figcaption>{part.caption}</figcaption>}
    </figure>
  );
}

function Place({ part }: { part: Of<'location'> }) {
  const at = `${part.latitude.toFixed(5)}, ${part.longitude.toFixed(5)}`;
  return (
    <Line icon={IconMapPin}>
      {[part.name, part.address].filter(Boolean).join(', ')}{' '}
      <Outside
        url={`https://www.openstreetmap.org/?mlat=${part.latitude}&mlon=${part.longitude}#map=16/${part.latitude}/${part.longitude}`}
        name={at}
      />
    </Line>
  );
}

/** A way out of the house that somebody else named: taken only by a click, and telling nobody where one comes from. */
function Outside({ url, name }: { url: string; name?: string }) {
  if (!/^https?:\/\//i.test(url)) return null;
  return (
    <Anchor href={url} target="_blank" rel="noreferrer noopener" inherit>
      {name ?? new URL(url).host} <IconExternalLink size={13} aria-hidden />
    </Anchor>
  );
}

function Line({ icon: Icon, children }: { icon: Icon; children: ReactNode }) {
  return (
    <span className={classes['line']}>
      <Icon size={17} stroke={1.7} aria-hidden />
      <span>{children}</span>
    </span>
  );
}
