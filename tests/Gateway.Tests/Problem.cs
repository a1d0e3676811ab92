using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Tests;

internal static class Problem
{
    /// <summary>Asserts an answer in problem details with this status, and returns it.</summary>
    public static async Task<JsonElement> AssertAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.NotEmpty(problem.GetProperty("title").GetString()!);
        return problem;
    }
}
