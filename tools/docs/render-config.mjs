import { GENERATED } from './markdown.mjs';

/** @typedef {import('../../libs/config/src/describe.js').SettingDoc} SettingDoc */

/**
 * The page of all settings, a table a group.
 *
 * @param {readonly SettingDoc[]} settings
 */
export function renderConfig(settings) {
  const groups = [...new Set(settings.map((setting) => setting.group))];
  const tables = groups.map((group) => {
    const rows = settings.filter((setting) => setting.group === group).map(row);
    return `## ${group}\n\n| name | default | what it does |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `${GENERATED('libs/config')}
# Configuration

Process settings come from the environment, are parsed once at start, and never change while a process runs. With
\`npm start\` none of them is needed. An empty variable counts as not set. When something is wrong, all mistakes are
told together, by name and without their values, and nothing starts.

Lengths of time carry their unit: \`500ms\`, \`20s\`, \`5m\`, \`1h\`. Sizes too: \`512kB\`, \`2MB\` (a kB is 1,000 bytes).
Lists have commas between their items. Settings of **channels** are not here: they live in the database.

${tables.join('\n')}`;
}

/**
 * The file to copy to \`.env\`: every setting, commented out, with its default.
 *
 * @param {readonly SettingDoc[]} settings
 */
export function renderEnvExample(settings) {
  const blocks = settings.map((setting, index) => {
    const title = settings[index - 1]?.group === setting.group ? '' : `# ---- ${setting.group} ----\n\n`;
    const note = setting.derived ? `\n# Default: ${setting.derived}.` : '';
    const value = setting.defaultText ?? setting.example ?? '';
    return `${title}# ${setting.description.replaceAll('`', '')}${note}\n#${setting.name}=${value}\n`;
  });
  return `# Generated from libs/config by tools/gen.mjs: do not edit.
# The processes read their environment, not this file: load it with your shell, your service manager or Docker.

${blocks.join('\n')}`;
}

/** @param {SettingDoc} setting */
function row({ name, description, defaultText, derived, example, isRequired }) {
  const shown = defaultText
    ? `\`${defaultText}\``
    : derived
      ? derived
      : isRequired
        ? '**required**'
        : 'not set';
  const more = example ? ` Example: \`${example}\`.` : '';
  return `| \`${name}\` | ${shown} | ${description}${more} |`;
}
