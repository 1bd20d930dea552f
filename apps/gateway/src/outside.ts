import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { GatewayConfig } from '#libs/config';
import { createEgress, type Egress } from '#libs/connectors';
import { Config } from './config-token.js';

/** The gateway's way to the outside: checks of channels, searches by meaning, and looks at where a webhook leads. */
@Injectable()
export class Outside implements OnApplicationShutdown {
  readonly egress: Egress;

  constructor(@Config() { egress }: GatewayConfig) {
    this.egress = createEgress({ allowCidrs: egress.allow, timeoutMs: egress.timeoutMs });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.egress.close();
  }
}
