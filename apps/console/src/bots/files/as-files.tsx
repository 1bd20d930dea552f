import { Stack } from '@mantine/core';
import type { PartProps } from '../part-props.js';
import { Definition } from './definition.js';
import { Folder } from './folder.js';

/** The bot as files: a folder with its tests to keep in a repository, and the definition alone as JSON. */
export function AsFiles(props: PartProps) {
  return (
    <Stack gap="lg">
      <Folder {...props} />
      <Definition {...props} />
    </Stack>
  );
}
