import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { type ContentKind, optionsOf } from '../../formats';

interface Documentation {
  /** Document `false` as the default of switches. Generators of clients treat a property with a default as required. */
  readonly showsFalse?: boolean;
}

/** Adds the options of every format for a kind of content to a body, validated and documented as the formats declare. */
export function FormatOptions(content: ContentKind, { showsFalse = false }: Documentation = {}): ClassDecorator {
  return ({ prototype }) => {
    for (const { name, option, formats } of optionsOf(content)) {
      const description = `${formats.join(', ')}: ${option.description}`;
      const isShown = option.default !== undefined && (showsFalse || option.default !== false);
      const documentation = ApiPropertyOptional({
        ...(option.type === 'boolean' ? { type: Boolean } : { enum: [...option.values] }),
        ...(isShown && { default: option.default }),
        description,
      });
      const validation = option.type === 'boolean' ? IsBoolean() : IsIn(option.values);
      for (const decorate of [documentation, IsOptional(), validation]) decorate(prototype as object, name);
    }
  };
}
