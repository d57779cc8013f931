import { loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

const field = (type: string, id: number, more: object = {}) => ({ type, id, ...more });
const rpc = (requestType: string, responseType: string, responseStream = false) => {
  return { requestType, responseType, responseStream, comment: '' };
};

/**
 * KEDA's interface for external scalers (externalscaler.proto of KEDA 2), with its names and numbers, as far as it is
 * served here. A check in infra/ calls it with KEDA's own file.
 */
export const { ExternalScaler: KedaScaler } = loadPackageDefinition(
  fromJSON({
    nested: {
      externalscaler: {
        nested: {
          ExternalScaler: {
            methods: {
              IsActive: rpc('ScaledObjectRef', 'IsActiveResponse'),
              StreamIsActive: rpc('ScaledObjectRef', 'IsActiveResponse', true),
              GetMetricSpec: rpc('ScaledObjectRef', 'GetMetricSpecResponse'),
              GetMetrics: rpc('GetMetricsRequest', 'GetMetricsResponse'),
            },
          },
          // Its fields say which ScaledObject asks; the answer is the same for each.
          ScaledObjectRef: { fields: {} },
          IsActiveResponse: { fields: { result: field('bool', 1) } },
          MetricSpec: {
            fields: {
              metricName: field('string', 1),
              targetSize: field('int64', 2),
              targetSizeFloat: field('double', 3),
            },
          },
          GetMetricSpecResponse: { fields: { metricSpecs: field('MetricSpec', 1, { rule: 'repeated' }) } },
          GetMetricsRequest: { fields: { metricName: field('string', 2) } },
          MetricValue: {
            fields: {
              metricName: field('string', 1),
              metricValue: field('int64', 2),
              metricValueFloat: field('double', 3),
            },
          },
          GetMetricsResponse: { fields: { metricValues: field('MetricValue', 1, { rule: 'repeated' }) } },
        },
      },
    },
  }),
).externalscaler as unknown as { ExternalScaler: ServiceClientConstructor };
