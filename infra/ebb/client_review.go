package main

// ReviewCmd is ebb review.
type ReviewCmd struct {
	Export ReviewExportCmd `cmd:"" help:"Write the evidence package of a review to a file."`
	Verify ReviewVerifyCmd `cmd:"" help:"Check an evidence package, away from the house."`
}
