import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '#libs/access';
import { Readiness as ReadinessSchema, type Readiness as ReadinessView } from '#libs/model';
import { Metrics } from '#libs/observe';
import type { FastifyReply } from 'fastify';
import { Answers, Problems } from '../http/answers.js';
import { Readiness } from './readiness.js';

@ApiTags('Operations')
@Problems()
@Controller()
@Public()
export class HealthController {
  constructor(
    private readonly readiness: Readiness,
    private readonly metrics: Metrics,
  ) {}

  /** Says that the process lives; looks at nothing else. */
  @Get('livez')
  @Answers(200, null, 'It lives')
  live(): { status: 'alive' } {
    return { status: 'alive' };
  }

  /** Says whether requests can be taken. */
  @Get('readyz')
  @Answers(200, ReadinessSchema, 'It can')
  ready(): Promise<ReadinessView> {
    return this.readiness.look();
  }

  /** Numbers of this process, in Prometheus text format. */
  @Get('metrics')
  @Answers(200, null, 'The numbers')
  async numbers(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.metrics.page();
    void reply.type(contentType);
    return text;
  }
}
