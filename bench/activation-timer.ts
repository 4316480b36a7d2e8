import { proxySinks, workflowInfo, type Sinks, type WorkflowInterceptors } from '@temporalio/workflow';

/** How long each activation took inside the workflow's isolate: what the SDK's limit of 5 s is about. */
export interface ActivationSinks extends Sinks {
  activations: { took(ms: number): void };
}

const { activations } = proxySinks<ActivationSinks>();

/** Goes before all other interceptors, so that their time counts too. */
export function interceptors(): WorkflowInterceptors {
  let begun = 0;
  return {
    internals: [
      {
        activate(input, next) {
          if (input.batchIndex === 0) begun = workflowInfo().unsafe.now();
          next(input);
        },
        concludeActivation(input, next) {
          activations.took(workflowInfo().unsafe.now() - begun);
          return next(input);
        },
      },
    ],
  };
}
