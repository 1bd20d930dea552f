export { AccessModule } from './access.module.js';
export { ApiKeyGuard, Caller, callerOf, Public, Scopes } from './api-key-guard.js';
export { KeyService } from './key-service.js';
export { hashPassword, verifyPassword } from './passwords.js';
export { requireScope, type Principal } from './principal.js';
