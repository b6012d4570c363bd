/** Draws the same inputs in every run. Of a mutation run, so that its score tells of the tests and not of chance. */
import fc from "fast-check";

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20261122 });
