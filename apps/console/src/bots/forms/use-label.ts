import { useTranslation } from 'react-i18next';
import { labelOf } from '../../channels/schema.js';

/** What a field is called: in the language of the console, else as the schema names it. */
export function useLabel(): (name: string) => string {
  const { t } = useTranslation('authoring');
  return (name) => t(`field.${name}` as 'field.name', { defaultValue: labelOf(name) });
}
