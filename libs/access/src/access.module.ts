import { Module } from '@nestjs/common';
import { ApiKeyGuard } from './api-key-guard.js';
import { KeyService } from './key-service.js';

/** API keys and who they speak for. Needs `RepositoriesModule`. */
@Module({ providers: [KeyService, ApiKeyGuard], exports: [KeyService, ApiKeyGuard] })
export class AccessModule {}
