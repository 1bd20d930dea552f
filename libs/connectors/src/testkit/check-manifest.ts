import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { capabilitiesOf } from '../catalogue.js';
import { parseSettings, splitSecrets, withGenerated } from '../settings.js';
import type { Subject } from './subject.js';

const URL = 'http://provider.example';

/** What a connector says of itself can be shown as a form, and keeps its secrets apart. */
export function checkManifest<Settings>({ connector, folder, settings: raw }: Subject<Settings>): void {
  const { manifest } = connector;
  const schema = z.toJSONSchema(manifest.settings, { io: 'input' });
  const properties = Object.entries(schema.properties ?? {});

  describe('manifest', () => {
    it("has its folder's name", () => expect(manifest.id).toBe(path.basename(folder)));

    it('describes every setting', () => {
      expect(properties.length).toBeGreaterThan(0);
      for (const [field, property] of properties) {
        expect(property, field).toMatchObject({ description: expect.stringMatching(/\S/) });
      }
    });

    it('refuses a setting that it does not know, by name', () => {
      expect(() => parseSettings(connector, { ...raw(URL), no_such_setting: 1 })).toThrow(
        expect.objectContaining({ code: 'input/invalid' }),
      );
    });

    it('keeps settings as they are through storage', () => {
      const settings = parseSettings(connector, raw(URL));
      const { plain, secrets } = splitSecrets(connector, settings);
      expect(Object.keys(secrets).every((field) => !(field in plain))).toBe(true);
      const stored: unknown = JSON.parse(JSON.stringify({ ...plain, ...secrets }));
      expect(parseSettings(connector, stored)).toEqual(settings);
    });

    it('names as secret, and makes, fields that it has', () => {
      const secrets: readonly string[] = manifest.secrets;
      expect(properties.map(([field]) => field)).toEqual(expect.arrayContaining([...secrets]));
      expect(secrets).toEqual(expect.arrayContaining(Object.keys(manifest.generated ?? {})));
    });

    it('makes other secrets each time, and good ones', () => {
      const given = withoutKeys(raw(URL), Object.keys(manifest.generated ?? {}));
      const first = withGenerated(connector, given);
      const second = withGenerated(connector, given);
      expect(() => [parseSettings(connector, first), parseSettings(connector, second)]).not.toThrow();
      for (const field of Object.keys(manifest.generated ?? {})) expect(first[field]).not.toBe(second[field]);
    });

    it('gives each limit a unit and a source, and says how to set it up', () => {
      for (const limit of manifest.limits) {
        expect(limit.value).toBeGreaterThan(0);
        expect(limit.unit).not.toBe('');
        expect(limit.source).toMatch(/^ours$|\d{4}-\d{2}-\d{2}/);
      }
      expect(manifest.steps.length).toBeGreaterThan(0);
    });

    it('knows its delivery class and its pace', () => {
      const settings = parseSettings(connector, raw(URL));
      const deliveryClass = manifest.deliveryClass(settings);
      expect(['idempotent', 'look-up', 'blind']).toContain(deliveryClass);
      if (deliveryClass === 'look-up') expect(capabilitiesOf(connector)['lookup']).toBe(true);
      expect(manifest.pacing(settings).account).not.toBe('');
    });
  });
}

function withoutKeys(object: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
