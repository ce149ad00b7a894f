using Amazon.Runtime;

namespace StreamEtl.Connectors.Glue;

/// <summary>A request as the signer wants to see one; what is asked is in its content.</summary>
internal sealed class GlueRequest : AmazonWebServiceRequest;
