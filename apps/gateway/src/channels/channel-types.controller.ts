import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Scopes } from '#libs/access';
import { type ChannelType, ChannelTypeList } from '#libs/model';
import type { PageOf } from '#libs/store';
import { Answers, Problems } from '../http/answers.js';
import { channelTypes } from './channel-view.js';

@ApiTags('Channels')
@ApiBearerAuth()
@Problems()
@Controller('v1/channel-types')
@Scopes('channels:read')
export class ChannelTypesController {
  readonly #types = channelTypes();

  /** Lists the kinds of channels: their settings, limits and set-up. */
  @Get()
  @Answers(200, ChannelTypeList, 'All kinds, by name')
  listTypes(): PageOf<ChannelType> {
    return { data: this.#types, has_more: false, next_cursor: null };
  }
}
