import { Param, type PipeTransform } from '@nestjs/common';
import { fault } from '#libs/faults';
import { isId, type IdKind, type IdOf } from '#libs/model';

/** Lets well-formed ids of a kind through; any other text names nothing that exists. */
class IdPipe<Kind extends IdKind> implements PipeTransform<string, IdOf[Kind]> {
  constructor(private readonly kind: Kind) {}

  /** @throws Fault `state/not-found` */
  transform(text: string): IdOf[Kind] {
    if (!isId(this.kind, text)) throw fault('state/not-found');
    return text;
  }
}

/** The `{id}` of a path, as an identifier of this kind. */
export const Id = (kind: IdKind, name = 'id') => Param(name, new IdPipe(kind));
