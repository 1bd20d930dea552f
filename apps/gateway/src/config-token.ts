import { Inject } from '@nestjs/common';

/** Token of the gateway's settings. */
export const GATEWAY_CONFIG = Symbol('parley:gateway-config');

/** Injects the settings of the gateway (`GatewayConfig`). */
export const Config = () => Inject(GATEWAY_CONFIG);
