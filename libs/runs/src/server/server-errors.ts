// Tested by run-server.int.test.ts.
import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  QueryRejectedError,
  ServiceError,
  WorkflowFailedError,
} from '@temporalio/client';
import { ApplicationFailure, ValueError } from '@temporalio/common';
import { plainLine } from '@mipnet/text';
import { failureTypes } from '@mipnet/workflows';
import { RunFailedError, UnreadableRunError } from '../run-error.js';

// What the errors of a Temporal server mean for the user.

/** gRPC */
const invalidArgument = 3;
const notFound = 5;

/** gRPC: cancelled, unknown, deadline exceeded, resource exhausted, aborted, internal, unavailable. */
const passingCodes: readonly number[] = [1, 2, 4, 8, 10, 13, 14];

export const isNotFound = (error: unknown): boolean => isGrpcServiceError(error) && error.code === notFound;

/** Whether the server may answer another try. */
export const mayPass = (error: unknown): boolean =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) && passingCodes.includes(error.cause.code);

/**
 * Why a query has no answer; empty for a server that is busy or does not answer. If a worker fails at the query, its
 * error is the reason, such as code of another version.
 */
export function failedQuery(error: unknown): string {
  if (error instanceof QueryRejectedError || error instanceof QueryNotRegisteredError) return error.message;
  const details =
    error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code === invalidArgument
      ? error.cause.details
      : '';
  return plainLine(details);
}

/** What a failed workflow means for the user who started it. */
export function meaningOf(error: unknown): unknown {
  if (error instanceof ValueError || error instanceof SyntaxError) {
    return new UnreadableRunError('failed', `the result of the run cannot be read (${plainLine(error.message)})`, {
      cause: error,
    });
  }
  if (!(error instanceof WorkflowFailedError)) return error;
  let cause: unknown = error.cause;
  while (cause instanceof Error && !(cause instanceof ApplicationFailure) && cause.cause) cause = cause.cause;
  const message = plainLine(cause instanceof Error ? cause.message : error.message);
  const type = cause instanceof ApplicationFailure ? cause.type : undefined;
  // The user can repair a full disk or a missing right, as in a local run.
  const why = type === failureTypes.store ? (cause as ApplicationFailure).details?.[0] : undefined;
  const badInput = type === failureTypes.badInput || why === 'unwritable' || why === 'refused';
  return new RunFailedError(badInput ? 'bad-input' : 'failed', message, { cause: error });
}
