import { randomBytes } from 'node:crypto';
import { hashPassword } from '#libs/access';
import { fault } from '#libs/faults';
import { Database, Logins } from '#libs/store';

/**
 * Lets a person in again who has lost their password or their second factor: gives the login a new password, takes the
 * second factor away, and ends every session.
 *
 * @returns the password in clear; only its hash is kept
 * @throws Fault `state/not-found` when nobody logs in with that address
 */
export async function resetLogin(databaseUrl: string, email: string): Promise<string> {
  const database = new Database({ url: databaseUrl, poolMax: 2, name: 'reset login' });
  try {
    const logins = new Logins(database);
    const login = await logins.findByEmail(email);
    if (!login) throw fault('state/not-found', { detail: 'Nobody logs in with this e-mail address.' });
    const password = randomBytes(15).toString('base64url');
    await logins.setPassword(login.memberId, await hashPassword(password), null);
    if (login.hasSecondFactor) await logins.removeTotp(login.memberId);
    return password;
  } finally {
    await database.close();
  }
}
