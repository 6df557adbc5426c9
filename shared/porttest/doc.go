// Package porttest owns the contract of each port as a test suite that every
// engine runs (Table, Secrets, mail.Sender, flow.Voice), and a table that goes wrong on demand
// (Faulty) for the failure matrix and the simulation.
//
// It never knows an engine, and no program links it: only tests import it.
package porttest
