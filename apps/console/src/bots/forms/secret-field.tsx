import { Anchor, Button, Group, Modal, PasswordInput, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/call.js';
import { allQuery } from '../../api/lists.js';
import { ProblemNote } from '../../parts/problem-note.js';

/** The name of a sealed value. The value itself is typed once, sent, and never shown or kept by the browser. */
export function SecretField(props: {
  label: string;
  description?: ReactNode;
  error?: ReactNode;
  value: string;
  disabled: boolean;
  isRequired: boolean;
  onChange: (name: string) => void;
}) {
  const { label, description, error, value, disabled, isRequired, onChange } = props;
  const { t } = useTranslation('authoring');
  const [isOpen, { open, close }] = useDisclosure(false);
  const secrets = useQuery(allQuery<{ name: string }>('/v1/secrets'));
  const known = (secrets.data ?? []).map(({ name }) => name);
  const isMissing = value !== '' && secrets.data !== undefined && !known.includes(value);
  return (
    <div>
      <Select
        label={label}
        description={description}
        required={isRequired}
        disabled={disabled}
        error={error ?? (isMissing ? t('secret.missing') : undefined)}
        data={isMissing ? [value, ...known] : known}
        placeholder={t('secret.choose')}
        value={value === '' ? null : value}
        clearable={!isRequired}
        onChange={(name) => onChange(name ?? '')}
      />
      {!disabled && (
        <Anchor component="button" type="button" size="sm" onClick={open}>
          {isMissing ? t('secret.seal', { name: value }) : t('secret.add')}
        </Anchor>
      )}
      <Modal opened={isOpen} onClose={close} title={t('secret.add')}>
        <SealForm
          name={isMissing ? value : ''}
          onSealed={(name) => {
            onChange(name);
            close();
          }}
        />
      </Modal>
    </div>
  );
}

function SealForm({ name: wanted, onSealed }: { name: string; onSealed: (name: string) => void }) {
  const { t } = useTranslation('authoring');
  const client = useQueryClient();
  const [name, setName] = useState(wanted);
  const [value, setValue] = useState('');
  const seal = useMutation({
    mutationFn: () => call('POST', '/v1/secrets', { body: { name, value } }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['/v1/secrets'] });
      onSealed(name);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        // The form of the screen below is another one.
        event.stopPropagation();
        seal.mutate();
      }}
    >
      <Stack>
        <Text size="sm" c="dimmed">
          {t('secret.text')}
        </Text>
        <TextInput
          label={t('secret.name')}
          description={t('secret.nameHint')}
          required
          pattern="[a-z][a-z0-9_]*"
          maxLength={64}
          dir="ltr"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <PasswordInput
          label={t('secret.value')}
          required
          autoComplete="off"
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <ProblemNote error={seal.error} />
        <Group justify="flex-end">
          <Button type="submit" loading={seal.isPending}>
            {t('secret.go')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
