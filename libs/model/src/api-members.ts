import { z } from 'zod';
import { listOf, Scope } from './api.js';
import { InvitationId, LoginSessionId, MemberId, WorkspaceId } from './ids.js';

const instant = z.iso.datetime().describe('RFC 3339, UTC');

/** What a member is in a workspace; `custom` carries its permissions with it. */
export const Role = z.enum(['owner', 'admin', 'operator', 'bot-author', 'viewer', 'custom']);
export type Role = z.infer<typeof Role>;

const fields = {
  email: z.email().max(254).toLowerCase().describe('E-mail address; upper and lower case are the same'),
  name: z.string().trim().min(1).max(100).describe('For people'),
  password: z.string().min(10).max(200).describe('At least 10 characters; every character counts'),
  /** Of now: whatever it is, it is either right or wrong. */
  known: z.string().min(1).max(1_000),
  role: Role,
  permissions: z
    .array(Scope)
    .max(100)
    .optional()
    .describe('Of the role `custom`, and of no other: at most what the giver has'),
};

/** A role comes with permissions exactly when it is `custom`. */
const isWhole = ({ role, permissions }: { role?: Role | undefined; permissions?: unknown }): boolean =>
  role === undefined || (role === 'custom') === (permissions !== undefined);
const isWholeWords = { path: ['permissions'], error: 'belong to the role custom, which needs them' };

// Logging in -------------------------------------------------------------------------------------------------------

export const SignIn = z.strictObject({ email: fields.email, password: fields.known }).meta({ id: 'SignIn' });
export type SignIn = z.infer<typeof SignIn>;

export const SecondFactor = z
  .strictObject({
    code: z.string().trim().min(6).max(40).describe('Six digits of the app, or a recovery code'),
  })
  .meta({ id: 'SecondFactor' });
export type SecondFactor = z.infer<typeof SecondFactor>;

export const SignedIn = z
  .object({
    status: z.enum(['signed-in', 'second-factor']),
    methods: z
      .array(z.enum(['totp', 'recovery-code']))
      .optional()
      .describe('With `second-factor`: what may be sent to /v1/auth/second-factor'),
  })
  .meta({ id: 'SignedIn' });
export type SignedIn = z.infer<typeof SignedIn>;

export const LogIn = z
  .object({
    member: z.object({
      id: MemberId,
      email: z.string(),
      name: z.string(),
      has_second_factor: z.boolean(),
    }),
    workspaces: z.array(
      z.object({ id: WorkspaceId, name: z.string(), role: Role, permissions: z.array(Scope) }),
    ),
  })
  .meta({ id: 'LogIn' });
export type LogIn = z.infer<typeof LogIn>;

export const SetUpState = z
  .object({ is_needed: z.boolean().describe('Nobody owns this installation yet') })
  .meta({ id: 'SetUpState' });
export type SetUpState = z.infer<typeof SetUpState>;

export const SetUp = z
  .strictObject({
    token: fields.known.describe('From the link that the first start printed'),
    workspace_name: fields.name,
    name: fields.name,
    email: fields.email,
    password: fields.password,
  })
  .meta({ id: 'SetUp' });
export type SetUp = z.infer<typeof SetUp>;

export const TotpSecret = z
  .object({
    secret: z.string().describe('In base32, to be typed into an app'),
    otpauth_uri: z.string().describe('The same as an address, for a QR code'),
  })
  .meta({ id: 'TotpSecret' });
export type TotpSecret = z.infer<typeof TotpSecret>;

export const RecoveryCodes = z
  .object({
    recovery_codes: z.array(z.string()).describe('Each opens the login once; shown now and never again'),
  })
  .meta({ id: 'RecoveryCodes' });
export type RecoveryCodes = z.infer<typeof RecoveryCodes>;

export const PasswordCheck = z.strictObject({ password: fields.known }).meta({ id: 'PasswordCheck' });
export type PasswordCheck = z.infer<typeof PasswordCheck>;

export const ChangePassword = z
  .strictObject({ current: fields.known, new: fields.password })
  .meta({ id: 'ChangePassword' });
export type ChangePassword = z.infer<typeof ChangePassword>;

export const LoginSession = z
  .object({
    id: LoginSessionId,
    is_current: z.boolean(),
    user_agent: z.string().describe('What the browser said of itself'),
    ip: z.string().describe('Where it was begun'),
    created_at: instant,
    seen_at: instant.describe('To the minute'),
    expires_at: instant,
  })
  .meta({ id: 'LoginSession' });
export type LoginSession = z.infer<typeof LoginSession>;
export const LoginSessionList = z.object({ data: z.array(LoginSession) }).meta({ id: 'LoginSessionList' });
export type LoginSessionList = z.infer<typeof LoginSessionList>;

// Members ----------------------------------------------------------------------------------------------------------

export const Member = z
  .object({
    id: MemberId,
    email: z.string(),
    name: z.string(),
    role: Role,
    permissions: z.array(Scope).describe('What the role may do'),
    created_at: instant,
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;
export const MemberList = listOf(Member, 'MemberList');

export const CreateMember = z
  .strictObject({
    email: fields.email,
    name: fields.name,
    password: fields.password.describe('The first one; they can change it'),
    role: fields.role,
    permissions: fields.permissions,
  })
  .refine(isWhole, isWholeWords)
  .meta({ id: 'CreateMember' });
export type CreateMember = z.infer<typeof CreateMember>;

export const UpdateMember = z
  .strictObject({ role: fields.role, permissions: fields.permissions })
  .refine(isWhole, isWholeWords)
  .meta({ id: 'UpdateMember' });
export type UpdateMember = z.infer<typeof UpdateMember>;

// Invitations ------------------------------------------------------------------------------------------------------

export const CreateInvitation = z
  .strictObject({ email: fields.email, role: fields.role, permissions: fields.permissions })
  .refine(isWhole, isWholeWords)
  .meta({ id: 'CreateInvitation' });
export type CreateInvitation = z.infer<typeof CreateInvitation>;

export const Invitation = z
  .object({
    id: InvitationId,
    email: z.string(),
    role: Role,
    permissions: z.array(Scope),
    invited_by: z.string().describe('Who: a kind and an id'),
    created_at: instant,
    expires_at: instant,
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;
export const InvitationList = listOf(Invitation, 'InvitationList');

export const InvitationWithLink = Invitation.extend({
  link: z.url().describe('Give it to the person; shown now and never again'),
}).meta({ id: 'InvitationWithLink' });
export type InvitationWithLink = z.infer<typeof InvitationWithLink>;

export const AcceptInvitation = z
  .strictObject({
    token: fields.known.describe('From the link'),
    name: fields.name,
    password: fields.known.describe(
      'A new one of at least 10 characters; who has a login on this installation already gives the password of that',
    ),
  })
  .meta({ id: 'AcceptInvitation' });
export type AcceptInvitation = z.infer<typeof AcceptInvitation>;
