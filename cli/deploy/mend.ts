// Brings Terraform's state up to what is true; an apply would be refused otherwise.
import type { Terraform } from "../../stacks/terraform/terraform.ts";
import type { Output } from "../output.ts";
import { type Repair, repairAssignment } from "./repair-assignment.ts";
import type { Stray } from "./strays.ts";

export async function mend(
  terraform: Terraform,
  repairs: readonly Repair[],
  output: Pick<Output, "note">,
): Promise<void> {
  if (repairs.length > 0) output.note("Terraform was kept from writing down what it did: mending its state.");
  for (const repair of repairs) await repairAssignment(terraform, repair);
}

export async function takeIn(
  terraform: Terraform,
  adoptable: readonly Stray[],
  output: Pick<Output, "note">,
): Promise<void> {
  for (const { says, becomes } of adoptable) {
    output.note(`Terraform's state does not know ${says}: taking it in.`);
    await terraform.import(becomes!.address, becomes!.importId);
  }
}
