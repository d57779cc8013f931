import { parser } from '@prometheus-io/lezer-promql';

/** Where an expression cannot be read, or undefined. Grafana's variables stand for what Grafana puts there. */
export function syntaxError(expression: string): string | undefined {
  const text = withoutVariables(expression);
  let found: string | undefined;
  parser.parse(text).iterate({
    enter: ({ type, from }) => {
      if (type.isError) found ??= `at "${text.slice(from)}" of ${text}`;
    },
  });
  return found;
}

/** Names of the metrics an expression reads. */
export function metricsOf(expression: string): readonly string[] {
  const text = withoutVariables(expression);
  const names: string[] = [];
  parser.parse(text).iterate({
    enter: ({ name, node, from, to }) => {
      if (name === 'Identifier' && node.parent?.name === 'VectorSelector') names.push(text.slice(from, to));
    },
  });
  return names;
}

const withoutVariables = (expression: string): string => expression.replaceAll('$__rate_interval', '1m');
