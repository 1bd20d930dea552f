import type { Body } from '#libs/sdk';
import type { Action } from '../commands.js';

type Invitation = Body<'Invitations_create'>;

/** Lists members. */
export const list: Action = (desk) =>
  desk.list(desk.parley.members.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['name', ({ name }) => name],
    ['email', ({ email }) => email],
    ['role', ({ role }) => role],
  ]);

/** Invites somebody. */
export const invite: Action<{ role: Invitation['role']; permissions?: string }> = async (
  desk,
  [email],
  { role, permissions },
) => {
  const made = await desk.parley.invitations.create({
    email: email!,
    role,
    ...(permissions !== undefined && {
      permissions: permissions.split(',') as NonNullable<Invitation['permissions']>,
    }),
  });
  desk.show(
    made,
    `${made.id}\n${made.link}\nGive ${made.email} this link: it is shown this once, and holds for a week.`,
  );
};

/** Lists invitations that nobody has taken. */
export const invitations: Action = (desk) =>
  desk.list(desk.parley.invitations.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['email', ({ email }) => email],
    ['role', ({ role }) => role],
  ]);

/** Takes an invitation back. */
export const uninvite: Action = async (desk, [id]) => {
  await desk.parley.invitations.remove(id!);
  desk.show({ removed: id }, `${id} is taken back: its link leads nowhere.`);
};

/** Gives another role. */
export const role: Action = async (desk, [id, name]) => {
  const member = await desk.parley.members.update(id!, { role: name } as Body<'Members_update'>);
  desk.show(member, `${member.name} is ${member.role}.`);
};

/** Takes somebody out. */
export const remove: Action = async (desk, [id]) => {
  await desk.parley.members.remove(id!);
  desk.show({ removed: id }, `${id} is no member any more.`);
};
