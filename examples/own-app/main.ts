// A broker as one stack among others, in a cdktf app of your own.
import { BrokerStack, readSource } from "bednet/stacks";
import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";

class Dashboard extends TerraformStack {
  constructor(scope: Construct, id: string, broker: BrokerStack) {
    super(scope, id);
    new LocalBackend(this, { path: "../../../dashboard.tfstate" });
    // A token: Terraform fills in the address when the broker's stack is deployed.
    new TerraformOutput(this, "mqtt", { value: `mqtts://${broker.domain}:8883 (${broker.address})` });
  }
}

const app = new App();
const broker = new BrokerStack(app, "broker", await readSource("fleet.yaml"));
new Dashboard(app, "dashboard", broker);
app.synth();
