import type { INestApplication, Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';

const Names = Reflector.createDecorator<string | readonly string[]>();

/**
 * Names the operation of a route. A generated client has a method of this name, so that a published name never changes.
 * @param names one for each path of the route, in the same order
 */
export function OperationId(...names: readonly [string, ...string[]]): MethodDecorator {
  return Names(names);
}

/**
 * Inserts a word after the verb in the operation names of a controller: with `Customer`, `listExports` becomes
 * `listCustomerExports`. Controllers that share the routes of a base class differ by it.
 */
export const OperationInfix = Reflector.createDecorator<string>();

/** The path, without what the controller and the application put before it, and the name of its operation. */
type NamedPath = readonly [path: string, name: string];

/** Finds the name of an operation by its route. */
export class OperationNames {
  private readonly operations = new Map<string, readonly NamedPath[]>();

  constructor(app: INestApplication) {
    for (const { controllers } of app.get(ModulesContainer).values()) {
      for (const { metatype } of controllers.values()) this.read(metatype as Type, app.get(Reflector));
    }
  }

  static key(controller: string, method: string): string {
    return `${controller}.${method}`;
  }

  /**
   * @param key of the controller and its method
   * @throws Error for a route without a name
   */
  find(key: string, path: string): string {
    const matches = this.operations.get(key)?.filter(([suffix]) => path.endsWith(suffix)) ?? [];
    const [longest] = [...matches].sort(([one], [other]) => other.length - one.length);
    if (!longest) throw new Error(`${key} has no @OperationId() for ${path}`);
    return longest[1];
  }

  private read(controller: Type, reflector: Reflector): void {
    const infix = (reflector.get(OperationInfix, controller) as string | undefined) ?? '';
    const prototype = controller.prototype as Record<string, () => unknown>;
    for (const method of new MetadataScanner().getAllMethodNames(prototype)) {
      const handler = prototype[method] as () => unknown;
      const names = [(reflector.get(Names, handler) as string | readonly string[] | undefined) ?? []].flat();
      const paths = [Reflect.getMetadata(PATH_METADATA, handler) as string | string[]].flat();
      const named = names.map((name, index): NamedPath => {
        const path = paths[index]?.replace(/^\//, '').replace(/:(\w+)/g, '{$1}') ?? '';
        return [path, name.replace(/^[a-z]+/, `$&${infix}`)];
      });
      this.operations.set(OperationNames.key(controller.name, method), named);
    }
  }
}
