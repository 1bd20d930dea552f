import { Body, Controller, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Scopes } from '#libs/access';
import { checkBot } from '#libs/bot';
import { BotProblems, CheckBot } from '#libs/model';
import { Answers, Problems } from '../http/answers.js';

@ApiTags('Bots')
@ApiBearerAuth()
@Problems()
@Controller('v1/bots/check')
@Scopes('bots:read')
export class BotChecksController {
  /** Says what would keep a definition from being published; stores nothing. */
  @Post()
  @Answers(200, BotProblems, 'What is wrong; empty when nothing is')
  check(@Body({ schema: CheckBot }) { definition }: CheckBot): BotProblems {
    const checked = checkBot(definition);
    if (checked.ok) return { problems: [] };
    return {
      problems: checked.problems.map(({ pointer, code, message }) => ({ pointer, code, message })),
    };
  }
}
