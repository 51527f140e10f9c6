import {
  AutoScalingClient,
  CancelInstanceRefreshCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
} from '@aws-sdk/client-auto-scaling';
import { OutcomeUnknown } from '@selfheal/kernel/errors.ts';
import type { AutoScalingWriter } from '#shared/ports/cloud.ts';
import { ONCE } from './client-settings.ts';
import { sendEffect } from './errors.ts';

/** Changes Auto Scaling groups. Never repeated after a lost answer (`OutcomeUnknown`). */
export function makeAutoScalingWriter(options: { readonly client?: AutoScalingClient } = {}): AutoScalingWriter {
  const { client = new AutoScalingClient(ONCE) } = options;
  return {
    setCapacity: async (group, desiredCapacity) => {
      const command = new SetDesiredCapacityCommand({
        AutoScalingGroupName: group,
        DesiredCapacity: desiredCapacity,
        HonorCooldown: false,
      });
      await sendEffect(`Scaling ${group} to ${desiredCapacity} instances`, () => client.send(command));
    },
    refresh: async (group, minHealthyPercentage) => {
      const command = new StartInstanceRefreshCommand({
        AutoScalingGroupName: group,
        Strategy: 'Rolling',
        Preferences: { MinHealthyPercentage: minHealthyPercentage },
      });
      const what = `Replacing the instances of ${group}`;
      const { InstanceRefreshId } = await sendEffect(what, () => client.send(command));
      if (!InstanceRefreshId) throw new OutcomeUnknown(`${what}: AWS returned no refresh id.`);
      return InstanceRefreshId;
    },
    cancelRefresh: async (group) => {
      const command = new CancelInstanceRefreshCommand({ AutoScalingGroupName: group });
      await sendEffect(`Stopping the instance refresh of ${group}`, () => client.send(command));
    },
  };
}
