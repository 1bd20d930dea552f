import { type DynamicModule, Module } from '@nestjs/common';
import { AccessOptions } from './access-options.js';
import { ApiKeyGuard } from './api-key-guard.js';
import { ClientService } from './client-service.js';
import { InvitationService } from './invitation-service.js';
import { KeyService } from './key-service.js';
import { LogIn } from './log-in.js';
import { LogInLimits } from './log-in-limits.js';
import { SecondFactor } from './second-factor.js';
import { SetUpService } from './set-up-service.js';

const services = [
  KeyService,
  ClientService,
  LogIn,
  LogInLimits,
  SecondFactor,
  SetUpService,
  InvitationService,
  ApiKeyGuard,
];

/** Who calls, and what they may do: API keys, and people who log in. Needs `RepositoriesModule`. */
@Module({})
export class AccessModule {
  static forRoot(options: AccessOptions): DynamicModule {
    return {
      module: AccessModule,
      providers: [{ provide: AccessOptions, useValue: options }, ...services],
      exports: services,
    };
  }
}
