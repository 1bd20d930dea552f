import type { Body } from '#libs/sdk';
import type { Action } from '../commands.js';

/** Lists members. */
export const list: Action = (desk) =>
  desk.list(desk.parley.members.list({ limit: 100 }), [
    ['id', ({ id }) => id],
    ['name', ({ name }) => name],
    ['email', ({ email }) => email],
    ['role', ({ role }) => role],
  ]);

/** Invites somebody. */
export const invite: Action<{ role: Body<'Invitations_create'>['role'] }> = async (
  desk,
  [email],
  { role },
) => {
  const made = await desk.parley.invitations.create({ email: email!, role });
  desk.show(made, JSON.stringify(made, null, 2));
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
