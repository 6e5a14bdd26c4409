import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiProblems } from '../http/api-problem.decorator';

/**
 * A controller for users, who send a bearer token. Routes that external systems have as well are methods of an abstract
 * `@Injectable()` class that two controllers extend, one `@ForUsers()` and one `@ForCustomers()`, each with its own path.
 */
export function ForUsers(): ClassDecorator & MethodDecorator {
  return applyDecorators(ApiBearerAuth(), ApiProblems(401));
}
