import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSlot } from './calendar.js';
import { startDemoService, type DemoService } from './demo-service.js';

let folder: string;
let service: DemoService;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-shop-'));
  service = await startDemoService(path.join(folder, 'shop.json'));
});
afterEach(async () => {
  await service.close();
  rmSync(folder, { recursive: true });
});

async function ask(method: string, where: string, body?: unknown, headers: Record<string, string> = {}) {
  const answer = await fetch(`${service.url}${where}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('the service of the demo', () => {
  it('knows three orders, and says of others that there is none', async () => {
    expect((await ask('GET', '/orders/1042')).body).toMatchObject({ order: '1042', state: 'sent' });
    expect((await ask('GET', '/orders/1038')).body).toMatchObject({ state: 'delivered' });
    expect((await ask('GET', '/orders/7')).body).toEqual({ order: '7', state: 'none' });
    expect((await ask('GET', '/orders/toString')).body).toEqual({ order: 'toString', state: 'none' });
  });

  it('books a time once, and then names the nearest free one', async () => {
    const slot = '2027-01-06T10:00';
    expect((await ask('GET', `/calendar?slot=${slot}`)).body).toEqual({ slot, free: true });
    const booked = await ask('POST', '/bookings', { slot, email: 'ann@example.org' });
    expect(booked).toMatchObject({ status: 201, body: { number: 'B-1', slot } });
    expect((await ask('POST', '/bookings', { slot, email: 'bo@example.org' })).status).toBe(409);
    const { free, nearest } = (await ask('GET', `/calendar?slot=${slot}`)).body;
    expect([free, nearest]).toEqual([false, '2027-01-06T09:00']);
  });

  it('does a request with a key once, also after a restart', async () => {
    const ticket = { kind: 'broken', text: 'A crack', email: 'cy@example.org' };
    const key = { 'idempotency-key': 'call-1' };
    const first = await ask('POST', '/tickets', ticket, key);
    expect(await ask('POST', '/tickets', ticket, key)).toEqual(first);
    await service.close();
    service = await startDemoService(path.join(folder, 'shop.json'));
    expect(await ask('POST', '/tickets', ticket, key)).toEqual(first);
    expect(service.state.tickets).toEqual([{ number: 'T-1', ...ticket }]);
    expect((await ask('POST', '/tickets', ticket, { 'idempotency-key': 'call-2' })).body['number']).toBe(
      'T-2',
    );
  });

  it('refuses pages, what it cannot read, and what is too long', async () => {
    expect((await ask('POST', '/leads', {}, { origin: 'https://page.example' })).status).toBe(400);
    expect((await ask('POST', '/leads', '{')).status).toBe(400);
    expect((await ask('POST', '/leads', 'null')).status).toBe(400);
    expect((await ask('GET', '/orders/%E0%A4%A')).status).toBe(400);
    expect((await ask('PUT', '/orders/1042')).status).toBe(405);
    expect((await ask('POST', '/nothing', {})).status).toBe(404);
    expect((await ask('POST', '/leads', JSON.stringify({ name: 'x'.repeat(70_000) }))).status).toBe(400);
    expect(service.state.leads).toEqual([]);
  });

  it('begins anew where its file cannot be read', async () => {
    writeFileSync(path.join(folder, 'shop.json'), 'rubbish');
    await service.close();
    service = await startDemoService(path.join(folder, 'shop.json'));
    expect(service.state.bookings).toEqual([]);
  });
});

describe('the calendar of the demo', () => {
  it('is closed at noon, at night and at weekends, and always has something near', () => {
    for (const slot of ['2027-01-06T12:00', '2027-01-06T03:00', '2027-01-09T10:00', '2027-01-06T10:30']) {
      const found = findSlot(slot, new Set());
      expect(found.free).toBe(false);
      expect(findSlot(found.nearest ?? '', new Set())).toEqual({ free: true });
    }
    expect(findSlot('tomorrow', new Set())).toEqual({ free: false });
    expect(findSlot('2027-13-40T10:00', new Set())).toEqual({ free: false });
  });
});
