import fc from "fast-check";

// The same cases for each mutant; and a failure is a failure, however large its example.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 1, endOnFailure: true });
