import type { AudioContent, FileContent, ImageContent, VideoContent } from '#libs/model';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Ui } from '../ui.js';
import { Icon } from './icons.js';
import { Link } from './link.js';

type MediaContent = ImageContent | AudioContent | VideoContent | FileContent;

/** A picture, a sound, a video or a file. What the page's policy does not let in is a link. */
export function Media({ content, ui }: { content: MediaContent; ui: Ui }): JSX.Element {
  const [isBroken, setBroken] = useState(false);
  const isThere = /^https?:/.test(content.url) && content.status !== 'failed';
  const broken = (): void => setBroken(true);
  return (
    <>
      {!isThere || isBroken || content.type === 'file' ? (
        <FileLine content={content} ui={ui} />
      ) : content.type === 'image' ? (
        <Link url={content.url} class="picture">
          <img
            src={content.url}
            alt={content.alt ?? content.caption ?? content.file_name ?? ui.texts.value.picture}
            loading="lazy"
            onError={broken}
          />
        </Link>
      ) : content.type === 'audio' ? (
        <audio src={content.url} controls onError={broken} />
      ) : (
        <video src={content.url} controls playsInline onError={broken} />
      )}
      {content.caption === undefined ? null : <p>{content.caption}</p>}
    </>
  );
}

function FileLine({ content, ui }: { content: MediaContent; ui: Ui }): JSX.Element {
  const { picture, file } = ui.texts.value;
  const name = content.file_name ?? (content.type === 'image' ? picture : file);
  return (
    <Link url={content.url} class="file">
      <Icon of="file" />
      <span>
        <bdi>{name}</bdi>
        {content.reason === undefined ? null : <small>{content.reason}</small>}
        {content.size_bytes === undefined ? null : <small>{sizeOf(content.size_bytes)}</small>}
      </span>
    </Link>
  );
}

function sizeOf(bytes: number): string {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
